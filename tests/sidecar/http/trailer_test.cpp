#include "sidecar/http/trailer.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace mlgateway::http {
namespace {

std::string without(std::string_view trailers, const std::vector<std::string>& names) {
  std::string out;
  append_trailers_except(out, trailers, names);
  return out;
}

TEST(Trailers, PassWhenNobodyWithholdsThem) { EXPECT_EQ(without("a: 1\r\nb: 2\r\n", {}), "a: 1\r\nb: 2\r\n"); }

TEST(Trailers, StayBehindByNameWhateverTheirCase) {
  EXPECT_EQ(without("a: 1\r\nX-Model-Key: secret\r\nb: 2\r\n", {"x-model-key"}), "a: 1\r\nb: 2\r\n");
}

TEST(Trailers, StayBehindWithUnderscoresForDashes) {
  EXPECT_EQ(without("X_User: root\r\nb: 2\r\n", {"x-user"}), "b: 2\r\n");
  EXPECT_EQ(without("x-user: root\r\n", {"x_user"}), "");
}

TEST(Trailers, StayBehindByTheWholeNameOnly) {
  EXPECT_EQ(without("x-model-key-id: 1\r\n", {"x-model-key"}), "x-model-key-id: 1\r\n");
}

}  // namespace
}  // namespace mlgateway::http
