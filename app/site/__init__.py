"""The pages: workspace, chapter, embed, reference."""
