#include "operator/webhook/review.hpp"

#include "operator/api/base64.hpp"
#include "operator/api/json_fields.hpp"
#include "sidecar/config/json_document.hpp"

namespace mlgateway::webhook {
namespace {

using api::member;
using Json = nlohmann::json;

constexpr const char* kVersion = "admission.k8s.io/v1";
constexpr const char* kKind = "AdmissionReview";
constexpr std::size_t kMaxWarning = 120;

std::string text_of(const Json& object, const char* name) {
  const Json& value = member(object, name);
  return value.is_string() ? value.get<std::string>() : "";
}

Json status_of(const Verdict& verdict) {
  Json causes = Json::array();
  for (const Cause& cause : verdict.causes) {
    causes.push_back({{"reason", "FieldValueInvalid"}, {"field", cause.field}, {"message", cause.message}});
  }
  Json status = {{"code", 422}, {"reason", "Invalid"}, {"message", verdict.message}};
  if (!causes.empty()) status["details"] = {{"causes", std::move(causes)}};
  return status;
}

}  // namespace

Result<ReviewRequest> read_review(std::string_view text) {
  auto review = config::read_document(text);
  if (!review) return review.error();
  const auto fault = [](const char* words) { return Error(Reason::InvalidConfig, words); };
  if (text_of(*review, "apiVersion") != kVersion || text_of(*review, "kind") != kKind) {
    return fault("must be an AdmissionReview of admission.k8s.io/v1");
  }
  const Json& request = member(*review, "request");
  if (!request.is_object()) return fault("request: is required");
  ReviewRequest read{text_of(request, "uid"),       text_of(member(request, "kind"), "kind"),
                     text_of(request, "operation"), text_of(request, "namespace"),
                     member(request, "object"),     member(request, "oldObject")};
  if (read.uid.empty() || read.uid.size() > 128) return fault("request.uid: is required");
  if (read.operation.empty()) return fault("request.operation: is required");
  return read;
}

std::string answer_to(const ReviewRequest& request, const Verdict& verdict) {
  Json response = {{"uid", request.uid}, {"allowed", verdict.allowed}};
  if (!verdict.allowed) response["status"] = status_of(verdict);
  if (verdict.allowed && !verdict.patch.empty()) {
    response["patchType"] = "JSONPatch";
    response["patch"] = api::encode_base64(verdict.patch.dump());
  }
  for (const std::string& warning : verdict.warnings) response["warnings"].push_back(warning.substr(0, kMaxWarning));
  const Json review = {{"apiVersion", kVersion}, {"kind", kKind}, {"response", std::move(response)}};
  // A message may have been cut, or quote a caller, in the middle of a character.
  return review.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace mlgateway::webhook
