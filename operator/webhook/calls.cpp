#include "operator/webhook/calls.hpp"

#include <array>
#include <exception>
#include <stdexcept>
#include <utility>

#include <openssl/rand.h>

#include "operator/webhook/decide.hpp"
#include "operator/webhook/review.hpp"
#include "sidecar/base/log.hpp"

namespace mlgateway::webhook {
namespace {

// A pod waits for it, so what matters is below the 50 ms that are promised.
const prometheus::Histogram::BucketBoundaries kSeconds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5};

bool is_injection(std::string_view path) { return path == kInjectNamespacePath || path == kInjectPodPath; }

const char* outcome_of(const Verdict& verdict) {
  if (!verdict.allowed) return "refused";
  return verdict.patch.empty() ? "allowed" : "patched";
}

// 32 of these letters and digits are 160 random bits.
std::string random_text(std::size_t length) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz234567";
  std::array<unsigned char, 32> bytes{};
  if (length > bytes.size() || RAND_bytes(bytes.data(), static_cast<int>(length)) != 1) {
    throw std::runtime_error("the machine has no randomness");
  }
  std::string text;
  for (std::size_t i = 0; i < length; ++i) text += kLetters[bytes[i] % kLetters.size()];
  return text;
}

}  // namespace

Randoms fresh_randoms() { return {random_text(10), random_text(32)}; }

Calls::Calls(Settings settings, std::function<Randoms()> randoms, prometheus::Registry& registry)
    : settings_(std::move(settings)),
      randoms_(std::move(randoms)),
      requests_(prometheus::BuildCounter()
                    .Name("mlgateway_admission_requests_total")
                    .Help("Calls of the API server, by webhook and what came of them")
                    .Register(registry)),
      inject_seconds_(prometheus::BuildHistogram()
                          .Name("mlgateway_admission_seconds")
                          .Help("How long a call of the API server took to decide")
                          .Register(registry)
                          .Add({{"webhook", "inject"}}, kSeconds)),
      validate_seconds_(prometheus::BuildHistogram()
                            .Name("mlgateway_admission_seconds")
                            .Help("How long a call of the API server took to decide")
                            .Register(registry)
                            .Add({{"webhook", "validate"}}, kSeconds)) {}

HttpAnswer Calls::answer(std::string_view path, std::string_view body) {
  if (!is_injection(path) && path != kValidatePath) return {404, "there is no webhook at this path\n"};
  const auto request = read_review(body);
  if (!request) {
    count(path, "unreadable");
    return {400, request.error().message + "\n"};
  }
  try {
    const Verdict verdict =
        is_injection(path) ? mutate(*request, path == kInjectNamespacePath, settings_, randoms_()) : validate(*request);
    count(path, outcome_of(verdict));
    return {200, answer_to(*request, verdict)};
  } catch (const std::exception& error) {
    // A bug; by the failure policy it is as if nobody had answered.
    count(path, "failed");
    log::error("admission failed",
               {{"kind", request->kind}, {"namespace", request->namespace_name}, {"error", error.what()}});
    return {500, "the webhook failed\n"};
  }
}

void Calls::took(std::string_view path, std::chrono::duration<double> time) {
  if (is_injection(path)) inject_seconds_.Observe(time.count());
  if (path == kValidatePath) validate_seconds_.Observe(time.count());
}

void Calls::count(std::string_view path, const char* outcome) {
  requests_.Add({{"webhook", is_injection(path) ? "inject" : "validate"}, {"outcome", outcome}}).Increment();
}

}  // namespace mlgateway::webhook
