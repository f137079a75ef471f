"""The text that R prints for both fits, and where each number stands in it."""
