"""What every page stands on: the state it keeps in session, controls and address."""
