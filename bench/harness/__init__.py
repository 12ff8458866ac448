"""How `scripts/bench` measures Rookery: data, processes, load, and what it writes of them."""
