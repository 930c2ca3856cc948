"""The five services. None imports another: what one must know of another comes as a fact."""
