"""What requests about segments hold, and what the answers say."""
