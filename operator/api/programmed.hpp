// Whether what is planned is what the sidecar runs. Pure.
#pragma once

#include <optional>
#include <vector>

#include "operator/api/condition.hpp"
#include "operator/api/sidecar_report.hpp"

namespace mlgateway::api {

// A route or quota of the contract, as a sidecar would report it.
template <class Rendered>
Loaded as_loaded(const Rendered& rendered) {
  return {{rendered.namespace_name, rendered.name}, rendered.generation, rendered.hash};
}

// `planned` is empty for an object that is not enforced, `sidecar` when nobody is asked; `list` holds the objects of
// its kind: &SidecarReport::routes.
Verdict programmed(const std::optional<Loaded>& planned, const std::optional<SidecarReport>& sidecar,
                   std::vector<Loaded> SidecarReport::* list);

}  // namespace mlgateway::api
