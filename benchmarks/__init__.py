"""Side by side with peers: every number here comes from one run on one machine."""
