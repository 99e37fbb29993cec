"""Us to the customer: one row per event, until taken or given up."""
