"""What is kept between requests: short links, and weights by their hash."""
