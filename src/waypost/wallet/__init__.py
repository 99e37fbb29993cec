"""The money of an account: appends entries, never edits one."""
