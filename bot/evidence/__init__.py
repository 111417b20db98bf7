"""What can be proven: the ledger, and packs made from it."""
