"""The listener for HL7 v2 over TCP: frames, connections, and the loop that accepts them."""
