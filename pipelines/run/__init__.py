"""What a run does, in order: plan → fetch and stamp → build → gates → publish. One run at a time (`lock`)."""
