"""The screens: they read published snapshots, and one door (desk) leads to the operations store."""
