"""One function per question: evidence in, what was found out. Each module is a family that shares requests."""
