// The parts of check(): what one route must keep.
#pragma once

#include "sidecar/config/gateway_config.hpp"
#include "sidecar/config/place.hpp"

namespace mlgateway::config {

// `where` is the route's place, e.g. routes[0].
void check_identity(const Route& route, const Place& where, FirstFault& fault);  // names, model, hostnames
void check_certificate(const Route& route, const Place& where, FirstFault& fault);
void check_paths(const Route& route, const Place& where, FirstFault& fault);
void check_versions(const Route& route, const Place& where, FirstFault& fault);
void check_split(const Route& route, const Place& where, FirstFault& fault);
void check_auth(const Route& route, const Place& where, FirstFault& fault);
void check_identity_headers(const Route& route, const Place& where, FirstFault& fault);
void check_authorization(const Route& route, const Place& where, FirstFault& fault);
void check_introspection(const Introspection& asked, const Place& where, FirstFault& fault);
void check_token_rules(const TokenRules& rules, const Place& where, FirstFault& fault);
void check_labels(const Labels& labels, const Place& where, FirstFault& fault);
void check_limits(const Route& route, const Place& where, FirstFault& fault);  // timeouts, body
void check_cost(const Route& route, const Place& where, FirstFault& fault);    // the versions' factors, the terms
void check_cache(const Route& route, const Place& where, FirstFault& fault);

}  // namespace mlgateway::config
