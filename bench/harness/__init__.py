"""What the performance harness is made of; bench/run is the command."""
