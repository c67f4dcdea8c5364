"""What every endpoint needs: envelopes, errors, limits, streamed forms, negotiation."""
