#include "face_nets.h"

static const uint8_t detector[] = {
#embed "weights/detector.safetensors"
};

static const uint8_t landmarks[] = {
#embed "weights/landmarks.safetensors"
};

face_net face_net_detector(void) { return (face_net){detector, sizeof detector}; }
face_net face_net_landmarks(void) { return (face_net){landmarks, sizeof landmarks}; }
