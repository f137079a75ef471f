"""What stands between a visitor and Streamlit."""
