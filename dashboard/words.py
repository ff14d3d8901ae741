"""Plain words for the codes of the marts. A code without words here is shown with spaces and without capitals."""

SUPPRESSION = {
    "spam_or_suspended": "Spam: the person is suspended",
    "deleted": "The ticket was deleted",
    "merged_child": "Merged into another ticket",
    "internal_requester": "Opened by a colleague",
    "internal_form": "Internal form",
    "no_org": "The person belongs to no organization",
    "no_csm": "The customer has no CSM",
    "csm_opt_out": "The CSM asked not to be told",
    "before_go_live": "Opened before notifications began",
}

GAPS = {
    "ORG_MISSING": "Not set up in Zendesk",
    "ORG_DUPLICATE": "Set up twice in Zendesk",
    "WRONG_INSTANCE": "Set up in the wrong Zendesk",
    "ORG_WITHOUT_CONTACTS": "No support contacts",
    "CONTACTS_ALL_INACTIVE": "All contacts suspended",
    "SINGLE_CONTACT": "Only one support contact",
    "CONTACT_LIMIT_NEAR": "Close to the contact limit",
    "CONTACT_LIMIT_EXCEEDED": "Above the contact limit",
    "CONTACT_SUSPENDED": "A contact is suspended",
    "CONTACT_UNVERIFIED": "A contact has not verified their e-mail",
    "CONTACT_DELETED_UPSTREAM": "Salesforce no longer knows a contact",
    "SOLD_TO_MISSING": "No sold-to contact",
    "SOLD_TO_INVALID": "Sold-to e-mail is not usable",
    "SOLD_TO_NOT_ASSOCIATED": "Sold-to is no support contact",
    "CSM_MISSING": "No CSM",
    "CSM_PLACEHOLDER": "Pooled CSM",
    "CSM_INACTIVE_USER": "The CSM has left",
    "CSM_NAME_DRIFT": "Zendesk names another CSM",
    "AM_PROJECT_ID_MISSING": "No collaboration project linked",
    "AM_PROJECT_ID_INVALID": "Collaboration project link is broken",
    "AM_PROJECT_ID_MISMATCH": "Link leads to another project",
    "AM_PROJECT_ID_SHARED": "Link is shared with another customer",
    "SUPPORT_HOLD": "Support is on hold",
    "FIELD_DRIFT": "Zendesk shows something else than Salesforce",
    "EXPIRED_WITH_CONTACTS": "Plan expired, contacts remain",
    "UNASSOCIATED_REQUESTER_SEEN": "Someone asks for help without being a contact",
}

INSTRUMENTS = {
    "ssat_2pt": "Good or bad (until April 2025)",
    "ces_7pt": "Effort, 1 to 7 (from May 2025)",
    "csat_custom": "Stars, 1 to 5",
    "mid_ticket_3pt": "During the ticket",
    "indirect": "Told to a colleague",
}

DIMENSIONS = {
    "all": "Everyone",
    "account": "Customer",
    "csm": "CSM",
    "region": "Region",
    "support_level": "Support plan",
    "group": "Support group",
}

CHANNELS = {
    "survey": "Survey",
    "mid_ticket": "During the ticket",
    "indirect": "Told to a colleague",
    "contact_request": "Asked for a manager",
}

SEVERITY = {"critical": "Urgent", "warning": "Soon", "info": "When you talk next"}

SIGNALS = {
    "special_cause_low": "Worse than chance explains",
    "special_cause_high": "Better than chance explains",
    "confirm_exact": "Few ratings: look closer",
}


def plain(words: dict[str, str], code: str | None) -> str:
    return words.get(code, code.replace("_", " ").capitalize()) if code else ""
