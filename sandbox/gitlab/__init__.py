"""The GitLab of the sandbox: its state at the clock's time, and the HTTP routes that show it."""
