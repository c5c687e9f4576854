"""What a page or a client shows: structure, run, steps, equations, pictures."""
