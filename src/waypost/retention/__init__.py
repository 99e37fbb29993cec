"""What has been over for long enough is let go, so that history has an end."""
