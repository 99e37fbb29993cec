"""What Meta does by itself: limits, reviews, statuses in their time, and disorder by a plan."""
