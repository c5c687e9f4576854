"""What the endpoints take and return."""
