"""Lists for the day on which the network is down: encrypted workbooks on the offices' share."""
