#include "operator/webhook/injection_record.hpp"

#include <algorithm>
#include <string_view>

#include <nlohmann/json.hpp>

#include "operator/api/json_fields.hpp"
#include "operator/workload/names.hpp"
#include "sidecar/config/json_document.hpp"

namespace mlgateway::webhook {
namespace {

using api::member;
using Json = nlohmann::json;

// They become parts of names and headers, and anybody can write an annotation.
bool is_plain(std::string_view text) {
  return text.size() <= 253 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
         });
}

bool is_whole(const Json& record) {
  for (const char* name : {"pod", "secret", "drainToken"}) {
    const Json& value = member(record, name);
    if (!value.is_string() || !is_plain(value.get_ref<const std::string&>())) return false;
  }
  const Json& grace = member(record, "graceBefore");
  return member(record, "version").is_string() && grace.is_number_unsigned() && grace <= 1'000'000'000 &&
         !record.at("secret").get_ref<const std::string&>().empty() &&
         record.at("drainToken").get_ref<const std::string&>().size() >= 16;
}

}  // namespace

std::string to_text(const InjectionRecord& record) {
  return Json{{"version", record.version},
              {"pod", record.pod},
              {"secret", record.secret},
              {"drainToken", record.drain_token},
              {"graceBefore", record.grace_before}}
      .dump();
}

std::optional<InjectionRecord> record_of(const Json& pod) {
  const Json& text = member(member(member(pod, "metadata"), "annotations"), workload::kInjectionAnnotation);
  if (!text.is_string()) return std::nullopt;
  const auto read = config::read_document(text.get_ref<const std::string&>());
  if (!read || !read->is_object() || !is_whole(*read)) return std::nullopt;
  return InjectionRecord{read->at("version"), read->at("pod"), read->at("secret"), read->at("drainToken"),
                         read->at("graceBefore")};
}

}  // namespace mlgateway::webhook
