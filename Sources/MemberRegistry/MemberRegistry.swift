/// MemberRegistry
