"""The settings event that every warehouse test starts from: the shipped mapping, one day to go live."""

from __future__ import annotations

from typing import Any

from tests.warehouse.log import Event

SIGNALS: dict[str, Any] = {
    "salesforce": {
        "record_url": "https://gitlab.my.salesforce.com/{id}",
        "account": {
            "csm_user_id": "Technical_Account_Manager_LU__c",
            "csm_name": "Technical_Account_Manager_Name__c",
            "sold_to_email": "Latest_Sold_To_Contact__r.Email",
            "sold_to_name": "Latest_Sold_To_Contact__r.Name",
            "support_plan": "",
            "support_hold": "Support_Hold__c",
            "region": "Account_Demographics_Geo__c",
            "collaboration_project_url": "Collaboration_Project_URL__c",
            "support_instance": "Support_Instance__c",
        },
        "subscription": {
            "object": "Zuora__Subscription__c",
            "account_id": "Zuora__Account__c",
            "sold_to_email": "Sold_To_Email__c",
            "sold_to_name": "",
            "status": "Zuora__Status__c",
            "start_date": "Zuora__SubscriptionStartDate__c",
            "end_date": "Zuora__SubscriptionEndDate__c",
        },
        "case": {
            "zendesk_ticket_url": "Zendesk_Support_Ticket_URL__c",
            "zendesk_ticket_id": "Zendesk_Support_Ticket_ID__c",
        },
    },
    "zendesk": {
        "organization": {
            "salesforce_id": "salesforce_id",
            "salesforce_short_id": "sfdc_short_id",
            "support_level": "support_level",
            "csm_name": "technical_account_manager",
            "collaboration_project_id": "am_project_id",
            "region": "org_region",
            "support_hold": "support_hold",
        },
        "ticket": {
            "ces_score": "CES Score",
            "preferred_region": "Preferred Region for Support",
            "internal_form_ids": [360000000101, 360000000102],
            "technical_form_ids": [1],
        },
    },
    "gitlab": {"feedback_projects": ["gitlab-com/support/feedback"]},
    "rules": {
        "internal_email_domains": ["gitlab.com"],
        "organization_grace_hours": 24,
        "contact_limit": 30,
        "contact_limit_warning": 27,
        "ces_mapping": "workflow_1_4_bad",
        "parent_fallback": False,
        "min_baseline_periods": 12,
    },
}


def settings(
    go_live_at: str = "2024-01-01T00:00:00Z",
    at: str = "2026-01-01T00:00:00Z",
    **rules: object,
) -> Event:
    """The settings as recorded at `at`; keyword arguments replace values of [rules]."""
    payload = SIGNALS | {
        "go_live_at": go_live_at,
        "start_date": "2023-01-01T00:00:00Z",
        "rules": SIGNALS["rules"] | rules,
    }
    return Event(
        stream="pipeline__settings",
        entity_id="settings",
        occurred_at=at,
        payload=payload,
    )
