"""One function per question, answered from the marts of one snapshot. No Streamlit here."""
