"""An invented finance bureau and its departments, with a round that is over and one that is going on."""
