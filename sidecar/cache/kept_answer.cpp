#include "sidecar/cache/kept_answer.hpp"

#include "sidecar/cache/field_line.hpp"
#include "sidecar/cache/id_place.hpp"

namespace mlgateway::cache {

AnswerPtr kept_answer(int status, std::string fields, std::string body, const Keeping& keeping,
                      config::Protocol protocol, Instant now) {
  auto answer = std::make_shared<Answer>();
  answer->status = status;
  answer->fields = std::move(fields);
  answer->body = std::move(body);
  answer->made = now - keeping.age;
  answer->expires = now + keeping.ttl;
  while (const auto age = find_line(answer->fields, "age")) answer->fields.erase(age->begin, age->end - age->begin);
  if (protocol == config::Protocol::OpenInferenceV2) answer->id = id_place(*answer);
  return answer;
}

}  // namespace mlgateway::cache
