"""Teaching: questions about a program with answers that the engine computes, tours, and the grading of submissions."""
