"""The layer between a visitor and Streamlit."""
