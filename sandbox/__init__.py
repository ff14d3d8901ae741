"""A Zendesk, a Salesforce, a GitLab and a mailbox on localhost, driven by a list of changes and a virtual clock."""
