"""What cyclists do with their own account."""

from fastapi import BackgroundTasks, Depends, Response

from src.errors import ErrorCode
from src.http.deps import CurrentSession, CurrentUser, ServicesDep, limit_auth
from src.http.files import delete_files
from src.http.responses import errors
from src.http.routing import api_router
from src.schemas.auth import AccountDeletion, PasswordChange
from src.services.accounts import closing

router = api_router(
    prefix="/users/me",
    tags=["auth"],
    responses=errors(ErrorCode.WRONG_PASSWORD, 401, ErrorCode.BODY_TOO_LARGE, 429),
    dependencies=[Depends(limit_auth)],
)


@router.put("/password", status_code=204, response_class=Response)
async def change_password(
    body: PasswordChange, caller: CurrentSession, services: ServicesDep
) -> None:
    """Take another password; all other sessions end, this one goes on.

    A wrong `current_password` counts as one at the sign-in: the fifth in a row locks the account.
    """
    await services.auth.change_password(caller, body.current_password, body.new_password)


@router.delete("", status_code=204, response_class=Response)
async def delete_account(
    body: AccountDeletion, user: CurrentUser, services: ServicesDep, background: BackgroundTasks
) -> None:
    """Delete the account with its trips, routes and files; what is being processed is cancelled.

    Name and e-mail are free again at once. A wrong `password` counts as one at the sign-in.
    """
    await services.auth.confirm(user, body.password, field="password")
    async with services.db.write() as session:
        keys = await closing.delete_account(session, user.user_id)
    # Of years of rides: nobody waits for it, and what is left is swept away at night.
    background.add_task(delete_files, services, keys)
