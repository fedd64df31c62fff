// What the API server's calls are answered with: by path which webhook is asked, and how often each said what.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include "operator/webhook/inject.hpp"
#include "operator/webhook/settings.hpp"

namespace mlgateway::webhook {

// Pods of namespaces that asked for gateways, and pods that asked themselves: the API server's selectors know which, so
// that no right to read namespaces is needed. MLRoutes and MLQuotas.
inline constexpr std::string_view kInjectNamespacePath = "/inject/namespace";
inline constexpr std::string_view kInjectPodPath = "/inject/pod";
inline constexpr std::string_view kValidatePath = "/validate";

struct HttpAnswer {
  int status = 200;
  std::string body;  // JSON with 200, else words
};

// For one thread; the registry may be asked from any.
class Calls {
 public:
  // `registry` must outlive it.
  Calls(Settings settings, std::function<Randoms()> randoms, prometheus::Registry& registry);

  // 404 for any other path, 400 for a body that is no AdmissionReview.
  HttpAnswer answer(std::string_view path, std::string_view body);

  void took(std::string_view path, std::chrono::duration<double> time);

 private:
  void count(std::string_view path, const char* outcome);

  const Settings settings_;
  const std::function<Randoms()> randoms_;
  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Histogram& inject_seconds_;
  prometheus::Histogram& validate_seconds_;
};

// From OpenSSL's generator.
Randoms fresh_randoms();

}  // namespace mlgateway::webhook
