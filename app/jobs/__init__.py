"""Where heavy runs are worked out: supervised processes of this machine, or a cluster."""
