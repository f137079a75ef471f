"""The text that R prints of both fits, and where each number stands in it."""
