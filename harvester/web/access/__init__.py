"""Who may see the page and who may act: hosts, proxies, log-in, sessions, and requests that other pages forge.

`gate.Gate` decides; the other modules each know one thing that it needs.
"""
