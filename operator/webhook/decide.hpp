// What the two webhooks say to a request. Pure.
#pragma once

#include "operator/webhook/inject.hpp"
#include "operator/webhook/review.hpp"

namespace mlgateway::webhook {

// The mutating webhook: a pod that is being made gets its sidecar, a refused one says why.
Verdict mutate(const ReviewRequest& request, bool namespace_asked, const Settings& settings, const Randoms& randoms);

// The validating webhook: what neither schema nor CEL of the CRDs can see in one MLRoute or MLQuota, by the code that
// local mode refuses it by. An update that leaves the spec as it was passes, or nobody could clean up an object that an
// older version let in.
Verdict validate(const ReviewRequest& request);

}  // namespace mlgateway::webhook
