#include "operator/api/programmed.hpp"

#include <algorithm>
#include <string>

namespace mlgateway::api {

Verdict programmed(const std::optional<Loaded>& planned, const std::optional<SidecarReport>& sidecar,
                   std::vector<Loaded> SidecarReport::* list) {
  if (!planned) return {"False", "NotAccepted", "there is no generation that can be enforced"};
  if (!sidecar) return {"Unknown", "NotObserved", "no sidecar is asked; --sidecar URL names one"};
  if (!sidecar->unreachable.empty()) return {"False", "SidecarUnreachable", sidecar->unreachable};
  const std::vector<Loaded>& loaded = (*sidecar).*list;
  const std::string generation = generation_words(planned->generation);
  if (std::find(loaded.begin(), loaded.end(), *planned) != loaded.end()) {
    return {"True", "Programmed", "the sidecar runs " + generation};
  }
  std::string words = "the sidecar does not run " + generation + " yet";
  if (!sidecar->config_error.empty()) words += ": " + sidecar->config_error;
  return {"False", "NotLoaded", words};
}

}  // namespace mlgateway::api
