"""The five services. They never import each other: what one must know of another comes as a fact."""
