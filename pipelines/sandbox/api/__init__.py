"""The API's surface: which operations exist, how each answers, and the gate every request passes."""
