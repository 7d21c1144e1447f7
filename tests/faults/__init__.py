"""Nothing lost, nothing twice, whatever dies, fills up or goes away, and whenever."""
