"""An identity provider by OpenID Connect: authorization code with PKCE, discovery, tokens checked in full."""
