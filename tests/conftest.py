"""What all tests share: a property fails for what it finds, never for how long a busy machine takes to find it."""

from hypothesis import settings

settings.register_profile("tidegraph", deadline=None)
settings.load_profile("tidegraph")
