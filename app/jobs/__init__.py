"""Where heavy runs are computed: supervised processes of this machine, or a cluster."""
