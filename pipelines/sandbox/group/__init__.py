"""The parts a group is made of: names and numbers, customers, sales, receipts, hours, journals, planted situations."""
